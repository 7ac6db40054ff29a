import { useQuery } from '@tanstack/react-query';
import { useCan, useSession } from '@/shared/auth/session';
import { type MessageId, useLang } from '@/shared/i18n';
import { type Assignee, membersQuery, type Role, type Task, type TasksAsked } from './api';

const ROLES = ['owner', 'admin', 'provider', 'hygienist', 'assistant', 'receptionist', 'accountant', 'staff'] as const satisfies readonly Role[];

/** An assignee as the value of a choice: `person:…`, `role:receptionist`, `own_role:…`. */
export const codeOf = (assignee: Assignee | null): string | null =>
  !assignee ? null : assignee.kind === 'role' ? `role:${assignee.role}` : `${assignee.kind}:${assignee.id}`;

export function assigneeOf(code: string | null): Assignee | null {
  const [kind, value = ''] = code?.split(':') ?? [];
  if (kind === 'role') {
    const role = ROLES.find((one) => one === value);
    return role ? { kind, role } : null;
  }
  return kind === 'person' || kind === 'own_role' ? { kind, id: value } : null;
}

/** Only the tasks of one of those, or nobody's. */
export function askedOf(code: string | undefined): TasksAsked {
  if (code === 'nobody') return { unassigned: true };
  const assignee = assigneeOf(code ?? null);
  if (!assignee) return {};
  return assignee.kind === 'role' ? { role: assignee.role } : assignee.kind === 'person' ? { assigneeId: assignee.id } : { roleId: assignee.id };
}

/** Whom a task can be given to, in groups, oneself first; roles of the practice's own as far as somebody has them. */
export function useAssignees() {
  const { t } = useLang();
  const { user } = useSession();
  const members = useQuery({ ...membersQuery, enabled: useCan()('staff.read') }).data ?? [];
  const sorted = [...members].sort((a, b) => Number(b.id === user.id) - Number(a.id === user.id));
  const own = new Map(members.flatMap(({ customRole }) => (customRole ? [[customRole.id, customRole.name] as const] : [])));
  const roleName = (role: Role) => t(`role.${role}` satisfies MessageId);
  const held = new Set(members.map(({ role }) => role));
  const choices = [
    { group: t('tasks.people'), items: sorted.map(({ id, name }) => ({ value: `person:${id}`, label: id === user.id ? t('tasks.me', { name }) : name })) },
    {
      group: t('tasks.roles'),
      items: [
        ...ROLES.filter((role) => held.has(role)).map((role) => ({ value: `role:${role}`, label: roleName(role) })),
        ...[...own].map(([id, name]) => ({ value: `own_role:${id}`, label: name })),
      ],
    },
  ];
  const known = new Set(choices.flatMap(({ items }) => items.map(({ value }) => value)));
  return {
    /** With whom a task has, who may be chosen no more. */
    choicesWith(code: string | null, name: string | null | undefined) {
      return !code || known.has(code) ? choices : [...choices, { group: t('tasks.others'), items: [{ value: code, label: name ?? '…' }] }];
    },
    /** Whose a task is, in words; undefined where it is nobody's and was nobody's. */
    nameOf({ assignee, assigneeName, wasAssignedTo }: Pick<Task, 'assignee' | 'assigneeName' | 'wasAssignedTo'>) {
      if (assignee) return assignee.kind === 'role' ? roleName(assignee.role) : (assigneeName ?? '…');
      return wasAssignedTo ? t('tasks.was', { name: wasAssignedTo }) : undefined;
    },
  };
}
