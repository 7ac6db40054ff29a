/**
 * The own address of another practice beside this one's: at `alpha.example.com:8443` for `beta` it is
 * `beta.example.com:8443`. Nothing at the address that all practices share.
 */
export function addressBeside({ protocol, host }: Pick<Location, 'protocol' | 'host'>, here: string, other: string): string | undefined {
  return host.startsWith(`${here}.`) ? `${protocol}//${other}${host.slice(here.length)}/` : undefined;
}
