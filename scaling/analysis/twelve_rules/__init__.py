"""The twelve rules of Hoefler and Belli (SC15), held against a study. Pure."""
