"""Search, screening, new study, retirement, feed."""
