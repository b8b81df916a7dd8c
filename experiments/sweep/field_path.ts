/** Types of dotted paths, as "method.contentLoss.weight", and of what stands there. */

/** The paths of an object's fields, at any depth, in whichever member of a union they are. */
export type FieldPath<T> = T extends readonly unknown[] ? never
  : T extends object ? {
      [K in keyof T & string]-?: K | `${K}.${FieldPath<NonNullable<T[K]>>}`;
    }[keyof T & string]
  : never;

/** What may stand at a path. */
export type FieldValue<T, P extends string> = P extends `${infer Key}.${infer Rest}`
  ? FieldValue<NonNullable<MemberOf<T, Key>>, Rest>
  : NonNullable<MemberOf<T, P>>;

type MemberOf<T, Key extends string> = T extends unknown ? Key extends keyof T ? T[Key] : never
  : never;
