"""Exhibits: tables and charts computed from saved definitions and a book of figures. Pure but for the drawing."""
