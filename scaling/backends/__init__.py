"""Ways to run kernels, one file each."""
