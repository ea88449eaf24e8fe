/** What somebody may do: docs/security.md, "Roles". */
export const ROLES = ['decide', 'read', 'write', 'admin'] as const;
export type Role = (typeof ROLES)[number];

const INCLUDED: Readonly<Record<Role, readonly Role[]>> = {
  decide: ['decide'],
  read: ['read'],
  write: ['write', 'read'],
  admin: ROLES,
};

/** All that who has these roles may do. */
export const grantedBy = (roles: readonly Role[]): ReadonlySet<Role> =>
  new Set(roles.flatMap((role) => INCLUDED[role]));

export const isRole = (name: string): name is Role => ROLES.some((role) => role === name);

/** Those of some names that are roles: what else stands beside them is somebody else's. */
export const rolesAmong = (names: readonly unknown[]): Role[] => ROLES.filter((role) => names.includes(role));
