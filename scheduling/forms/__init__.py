"""What is typed into the pages of the calendar, cleaned."""
