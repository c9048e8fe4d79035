"""How fast hadocs is, as ratios against something that is run beside it, round by round."""
