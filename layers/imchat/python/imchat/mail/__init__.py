"""Mail: what a transcript looks like, its MIME message, the way out through SES, and what comes back."""
