"""The report as HTML, PDF and Word, each made from the same frozen document and nothing else."""
