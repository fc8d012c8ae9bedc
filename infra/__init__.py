"""What AWS will have: the stack by concern, packaging, deploying, and running it whole on one machine."""
