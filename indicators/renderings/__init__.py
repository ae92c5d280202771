"""Making of charts: values in, drawings out; no database."""
