"""A film for a phone: what is asked of ffmpeg, and when the outcome is worth keeping."""

from collections.abc import Sequence

# The short side of a film on a phone, and the longest side it then may have.
SHORT, LONG = 480, 854
SECONDS = 1_800
"""So long may it take; a film that needs more plays as it came."""

# Only the form its first bytes tell, never a playlist that leads elsewhere; only from the disk.
_FORMS = {"video/mp4": "mov", "video/webm": "matroska"}
_WITHIN = (
    f"scale=w='if(gte(iw,ih),min({LONG},iw),min({SHORT},iw))':"
    f"h='if(gte(iw,ih),min({SHORT},ih),min({LONG},ih))':"
    "force_original_aspect_ratio=decrease:force_divisible_by=2"
)


def _reading(source: str, kind: str) -> list[str]:
    return [
        *("ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-threads", "1"),
        *("-protocol_whitelist", "file", "-f", _FORMS[kind], "-i", source),
    ]


def small_film(source: str, kind: str, target: str) -> Sequence[str]:
    """The command that makes a film small: H.264 and AAC, which every telephone plays."""
    return [
        *_reading(source, kind),
        *("-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1", "-map_chapters", "-1"),
        *("-vf", _WITHIN, "-fpsmax", "30", "-pix_fmt", "yuv420p"),
        *("-c:v", "libx264", "-profile:v", "main", "-preset", "veryfast", "-crf", "27"),
        *("-c:a", "aac", "-b:a", "64k", "-ac", "1", "-ar", "44100"),
        *("-threads", "1", "-movflags", "+faststart", "-f", "mp4", target),
    ]


def poster(source: str, kind: str, target: str) -> Sequence[str]:
    """The command that takes a picture from the first seconds, one that shows something."""
    return [
        *_reading(source, kind),
        *("-map", "0:v:0", "-vf", f"thumbnail=60,{_WITHIN}", "-frames:v", "1"),
        *("-threads", "1", "-f", "image2", "-c:v", "png", "-update", "1", target),
    ]


def is_worth_it(before: int, after: int) -> bool:
    """Whether a small film saves a phone anything: a fifth at least."""
    return 0 < after * 5 <= before * 4
