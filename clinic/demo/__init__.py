"""The demo clinic: fictional people in a clinic that looks lived in, built through the product's own actions."""
