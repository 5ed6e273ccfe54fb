"""Finds out which plugins and helpers of livekit-agents work without a LiveKit API key."""
