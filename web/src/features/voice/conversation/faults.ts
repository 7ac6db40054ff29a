import type { FlowFault, FlowFile } from '../api';

/** What is wrong with a file, by line; what concerns the whole of it stands at its first. */
export function faultsByLine(file: string, faults: readonly FlowFault[]): Map<number, FlowFault[]> {
  const lines = new Map<number, FlowFault[]>();
  for (const fault of faults) {
    if (fault.file !== file) continue;
    const line = Math.max(1, fault.line);
    lines.set(line, [...(lines.get(line) ?? []), fault]);
  }
  return lines;
}

/** A file as lines; the break at its end begins none. */
export const linesOf = (text: string): string[] => text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');

/** Files that faults name and that are not there, so that they can be told of as well. */
export const missingFiles = (files: readonly FlowFile[], faults: readonly FlowFault[]): string[] => [...new Set(faults.map(({ file }) => file))].filter((name) => !files.some((file) => file.name === name));
