"""The body in a picture: its joints from angles, and its shapes as seen from the side and from the front; pure."""
