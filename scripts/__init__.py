"""Programs for those who work on Companion: set-up, measurements, pictures, translations."""
