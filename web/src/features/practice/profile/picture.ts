/** What the server takes. */
const LARGEST_BYTES = 512 * 1024;
const LARGEST_SIDE = 4096;
/** What a picture that is too large becomes; the server keeps half of that. */
const SIDE = 1024;
export const PICTURES = ['image/png', 'image/jpeg', 'image/webp'];

/** The same shape, with no side longer than `side`. */
export function fitted(width: number, height: number, side: number) {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** A picture as it can be sent: as it is, or made smaller here. Undefined when it cannot be read as one. */
export async function sendable(file: File): Promise<Blob | undefined> {
  if (!PICTURES.includes(file.type)) return undefined;
  const picture = await createImageBitmap(file).catch(() => undefined);
  if (!picture) return undefined;
  const { width, height } = picture;
  if (file.size <= LARGEST_BYTES && Math.max(width, height) <= LARGEST_SIDE) return file;
  const size = fitted(width, height, SIDE);
  const canvas = Object.assign(document.createElement('canvas'), size);
  canvas.getContext('2d')?.drawImage(picture, 0, 0, size.width, size.height);
  const made = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/webp', 0.9));
  return made && made.size <= LARGEST_BYTES ? made : undefined;
}
