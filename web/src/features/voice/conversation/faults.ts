import type { FlowFault, FlowFile } from '../api';

/** A file as lines; the break at its end begins none. */
export const linesOf = (text: string): string[] => text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');

/** Where a fault is, as editors write it; of a file as a whole only which one. */
export const placeOf = ({ file, line, column }: FlowFault): string => (line ? [file, line, column].join(':') : file);

/** Whether the place of a fault is in a file that can be looked at. */
export const canOpen = (files: readonly FlowFile[], { file, line }: FlowFault): boolean => files.some((one) => one.name === file && line <= linesOf(one.text).length);
