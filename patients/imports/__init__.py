"""What comes from another system: how its file is read, what its columns mean, whom its rows are like."""
