import { expect, it } from 'vitest';
import { accepted, typeOf } from './files';

it('calls a file by the ending of its name, whatever the browser calls it', () => {
  // a spreadsheet program registers CSV as its own; many systems know neither HEIC nor DICOM
  expect(typeOf({ name: 'list.CSV', type: 'application/vnd.ms-excel' })).toBe('text/csv');
  expect([typeOf({ name: 'IMG_1.heic', type: '' }), typeOf({ name: 'scan.dcm', type: '' })]).toEqual(['image/heic', 'application/dicom']);
  expect(typeOf({ name: 'run.exe', type: 'application/x-msdownload' })).toBe('application/x-msdownload');
  expect([typeOf({ name: 'plan', type: '' }), typeOf({ name: 'x.constructor', type: '' })]).toEqual(['application/octet-stream', 'application/octet-stream']);
});

it('offers types and endings', () => {
  expect(accepted.split(',')).toEqual(expect.arrayContaining(['application/pdf', '.pdf', 'image/heic', '.heif', '.gif']));
});
