type Issue = { pointer: string; code: string; message: string };

/** The server's issues at the intervals they point to (`/week/0/intervals/1/to`); `rest` counts those about something else. */
export function problemsByInterval(issues: readonly Issue[], ids: readonly (readonly string[])[], text: (issue: Issue) => string) {
  const byId = new Map<string, string>();
  let rest = 0;
  for (const issue of issues) {
    const [, day, at] = /^#?\/week\/(\d+)\/intervals\/(\d+)(?:\/|$)/.exec(issue.pointer) ?? [];
    const id = ids[Number(day)]?.[Number(at)];
    if (id === undefined) rest++;
    else if (!byId.has(id)) byId.set(id, text(issue));
  }
  return { byId, rest };
}
