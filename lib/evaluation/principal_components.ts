import { Matrix, SingularValueDecomposition } from "ml-matrix";

export type PrincipalComponents = {
  /** Each row's coordinates, along the components. [N][components] */
  coordinates: number[][];
  /** The share of the variance that each component has. */
  shares: number[];
};

/**
 * The directions in which rows differ most, and where each row lies along them (Pearson 1901).
 *
 * @param rows [N][D]
 * @throws RangeError if there are fewer rows than components
 */
export function principalComponents(
  rows: readonly ArrayLike<number>[],
  components: number,
): PrincipalComponents {
  if (rows.length < components) {
    throw new RangeError(`${rows.length} rows have no ${components} principal components`);
  }
  const matrix = new Matrix(rows.map((row) => Array.from(row)));
  const centered = matrix.subRowVector(matrix.mean("column"));
  const { leftSingularVectors: directions, diagonal } = new SingularValueDecomposition(centered, {
    computeRightSingularVectors: false,
    autoTranspose: true,
  });
  const variance = diagonal.reduce((sum, value) => sum + value ** 2, 0);
  return {
    coordinates: rows.map((_, i) =>
      Array.from({ length: components }, (_, c) => directions.get(i, c) * diagonal[c])
    ),
    shares: diagonal.slice(0, components).map((value) => variance > 0 ? value ** 2 / variance : 0),
  };
}
