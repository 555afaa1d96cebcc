"""Makes a screenshot small: 256 colours are plenty for an interface. Chromium itself does the work."""

from __future__ import annotations

import base64
import struct
import zlib

from playwright.sync_api import Page

INDEX = """
async (encoded) => {
  const bytes = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const { width, height } = picture;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const counts = new Map();
  for (let i = 0; i < data.length; i += 4) {
    const colour = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
    counts.set(colour, (counts.get(colour) || 0) + 1);
  }
  // A rare colour that is a signal (a red star) counts for more than a shade of grey.
  const weight = ([colour, count]) => {
    const parts = [colour >> 16, (colour >> 8) & 255, colour & 255];
    return count * (1 + Math.max(...parts) - Math.min(...parts));
  };
  const ranked = [...counts].sort((a, b) => weight(b) - weight(a) || a[0] - b[0]);
  const palette = ranked.slice(0, 256).map(([colour]) => colour);
  const places = new Map(palette.map((colour, place) => [colour, place]));
  const nearest = (colour) => {
    let best = 0, least = Infinity;
    palette.forEach((other, place) => {
      const r = (colour >> 16) - (other >> 16);
      const g = ((colour >> 8) & 255) - ((other >> 8) & 255);
      const b = (colour & 255) - (other & 255);
      const distance = r * r + g * g + b * b;
      if (distance < least) [best, least] = [place, distance];
    });
    places.set(colour, best);
    return best;
  };
  const lines = new Uint8Array(height * (width + 1));
  for (let y = 0, i = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, i += 4) {
      const colour = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
      lines[y * (width + 1) + 1 + x] = places.get(colour) ?? nearest(colour);
    }
  }
  let text = '';
  for (let at = 0; at < lines.length; at += 32768) text += String.fromCharCode(...lines.subarray(at, at + 32768));
  return { width, height, palette, lines: btoa(text) };
}
"""


def indexed(page: Page, png: bytes) -> bytes:
    """The same picture in at most 256 colours. `page` is any open page without a content security policy."""
    found = page.evaluate(INDEX, base64.b64encode(png).decode())
    palette = b"".join(struct.pack(">I", colour)[1:] for colour in found["palette"])
    header = struct.pack(">IIBBBBB", found["width"], found["height"], 8, 3, 0, 0, 0)
    data = zlib.compress(base64.b64decode(found["lines"]), 9)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, body) for kind, body in chunks)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
