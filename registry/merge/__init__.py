"""From the records of one cluster to one description: pure, lossless, independent of order."""
