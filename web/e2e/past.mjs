// Lets time have gone by for somebody, in the demo's own database: VANTAGE_DATA_DIR=folder
import { execFileSync } from 'node:child_process';

/** Whether the demo's database is at hand, as it is under `./dev browser`. */
export const canReachBack = () => !!process.env.VANTAGE_DATA_DIR;

/** That person joined their practices so many days earlier. */
export function joinedEarlier(email, days) {
  const statement = `set session_replication_role = replica;
    update auth.membership m set created_at = m.created_at - ${Number(days)} * interval '1 day'
      from auth.user u where u.id = m.user_id and u.email = '${email.replaceAll("'", "''")}'`;
  const psql = ['psql', '-h', `${process.env.VANTAGE_DATA_DIR}/postgres/socket`, '-U', 'postgres', '-v', 'ON_ERROR_STOP=1', '-Atc', statement, 'vantage'];
  // the server of the demo does not run as root, and only whom it belongs to is let in
  const [program, ...args] = process.getuid() === 0 ? ['runuser', '-u', 'postgres', '--', ...psql] : psql;
  const said = execFileSync(program, args, { encoding: 'utf8' });
  if (!said.includes('UPDATE 1')) throw new Error(`nobody is called ${email}: ${said}`);
}
