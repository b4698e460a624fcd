"""What was probably meant by a word that stands where it does not belong. Imported when there is a mistake."""
