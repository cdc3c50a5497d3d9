"""What the owner types into the pages of the team and the settings, cleaned."""
