import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs";
import type { Tfjs } from "./choose_backend.ts";

/** Gives the WASM backend the two gradient kernels that it lacks, made of kernels it has. */
export function registerTrainingKernels(tf: Tfjs): void {
  if (tf.getKernel("Conv2DBackpropFilter", "wasm")) return;
  tf.registerKernel({
    kernelName: "Conv2DBackpropFilter",
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() =>
        filterGradient(
          tf,
          inputs.x as Tensor4D,
          inputs.dy as Tensor4D,
          attrs as unknown as ConvolutionAttributes,
        )
      ),
  });
  tf.registerKernel({
    kernelName: "UnsortedSegmentSum",
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() =>
        segmentSum(
          tf,
          inputs.x as Tensor,
          inputs.segmentIds as Tensor,
          attrs!.numSegments as number,
        )
      ),
  });
}

type ConvolutionAttributes = {
  strides: number | [number, number];
  pad: Parameters<Tfjs["backend_util"]["computeConv2DInfo"]>[4];
  dimRoundingMode?: "floor" | "round" | "ceil";
  filterShape: [number, number, number, number];
};

/** ∂L/∂w[i, j] = Σ over positions of x shifted by (i, j), transposed, times ∂L/∂y. */
function filterGradient(
  tf: Tfjs,
  x: Tensor4D, // [B, H, W, C]
  dy: Tensor4D, // [B, H', W', C']
  { strides, pad, dimRoundingMode, filterShape }: ConvolutionAttributes,
): Tensor4D {
  const info = tf.backend_util.computeConv2DInfo(
    x.shape,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { top, bottom, left, right } = info.padInfo;
  const padded = tf.pad(x, [[0, 0], [top, bottom], [left, right], [0, 0]]);
  const { batchSize, outHeight, outWidth, inChannels, outChannels } = info;
  const positions = batchSize * outHeight * outWidth;
  const gradient = tf.reshape(dy, [positions, outChannels]);
  const spread = [
    (outHeight - 1) * info.strideHeight + 1,
    (outWidth - 1) * info.strideWidth + 1,
  ];
  const taps: Tensor2D[] = [];
  for (let i = 0; i < info.filterHeight; i++) {
    for (let j = 0; j < info.filterWidth; j++) {
      const seen = tf.stridedSlice(
        padded,
        [0, i, j, 0],
        [batchSize, i + spread[0], j + spread[1], inChannels],
        [1, info.strideHeight, info.strideWidth, 1],
      ); // [B, H', W', C]
      taps.push(
        tf.matMul(tf.reshape(seen, [positions, inChannels]), gradient, true, false) as Tensor2D,
      ); // [C, C']
    }
  }
  return tf.reshape(tf.stack(taps), filterShape);
}

/** Adds the rows of `x` that share a segment. */
function segmentSum(tf: Tfjs, x: Tensor, segmentIds: Tensor, segments: number): Tensor {
  const rows = segmentIds.size;
  const flat = tf.reshape(x, [rows, x.size / rows]);
  const selects = tf.oneHot(tf.reshape(segmentIds, [rows]) as never, segments); // [rows, segments]
  const sums = tf.matMul(tf.cast(selects, "float32"), flat as Tensor2D, true, false);
  return tf.reshape(sums, [segments, ...x.shape.slice(segmentIds.rank)]);
}
