"""Lists as the pages of the settings show them."""
