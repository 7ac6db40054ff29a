/** Documents and pictures, and nothing that runs: by the ending of the name, as browsers call some of them otherwise or not at all. */
const types: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  heic: 'image/heic',
  heif: 'image/heic',
  txt: 'text/plain',
  csv: 'text/csv',
  ics: 'text/calendar',
  dcm: 'application/dicom',
  dicom: 'application/dicom',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** What a picker of files offers. */
export const accepted = [...new Set(Object.values(types)), ...Object.keys(types).map((ending) => `.${ending}`)].join();

/** What a file says that it is. */
export function typeOf({ name, type }: Pick<File, 'name' | 'type'>) {
  const ending = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
  return (Object.hasOwn(types, ending) ? types[ending] : type) || 'application/octet-stream';
}
