"""Everything that changes courses, visits and the calendar's set-up."""
