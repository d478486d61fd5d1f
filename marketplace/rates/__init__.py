"""Exchange rates: a dated table that the organisers keep."""
