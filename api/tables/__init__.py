"""What lists of the machine's door read in one go."""
