"""What pages of the calendar show."""
