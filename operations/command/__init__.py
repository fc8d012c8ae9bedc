"""The command ``imchat``: what engineers do with a deployed stage, or with the stack of ``make run``."""
