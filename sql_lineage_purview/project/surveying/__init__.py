"""What a folder holds, looked at to write its first configuration."""
