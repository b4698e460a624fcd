"""From a spec to a plan, or to diagnostics. Never imports torch, never prints."""
