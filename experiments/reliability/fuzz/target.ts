/** A folder's files, by their paths in it. */
export type Files = Record<string, Uint8Array>;

/** A parser under test. */
export type Target<T> = {
  /** What is read, in the report's words. */
  title: string;
  /** Bytes of the largest value that a small file may stand for, as a picture of one colour does. */
  expandsTo?: number;
  /** Folders that are accepted, as this project's own writers make them. */
  seeds(): Promise<Files[]>;
  /** Folders that are to be refused, and are changed like the others. */
  hostile?(): Promise<Files[]>;
  /** Reads what is in `folder`, and writes below it, if at all. */
  read(folder: string): Promise<T>;
  /** Throws where an accepted value is not what the parser promises. */
  check(value: T): void | Promise<void>;
};

/** For type inference. */
export function defineTarget<T>(target: Target<T>): Target<T> {
  return target;
}
