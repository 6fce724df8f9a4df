"""The pages of content: playing, files, making."""
