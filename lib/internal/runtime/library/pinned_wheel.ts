/** A build of TensorFlow: for the CPU alone, or for NVIDIA GPUs as well. */
export type Flavour = "cpu" | "cuda";

/** A published Python wheel that holds TensorFlow's C library, identified by its SHA-256. */
export type PinnedWheel = {
  project: string;
  version: string;
  flavour: Flavour;
  fileName: string;
  /** Bytes of the wheel. */
  size: number;
  sha256: string;
  /** What is kept of it. */
  files: Record<LibraryFile, { size: number; sha256: string }>;
};

/** The shared objects of TensorFlow's C library, in the order they are loaded. */
export const libraryFiles = ["libtensorflow_framework.so.2", "libtensorflow_cc.so.2"] as const;

export type LibraryFile = typeof libraryFiles[number];

const version = "2.21.0";

const wheels: Record<string, PinnedWheel> = {
  "linux x86_64 cpu": {
    project: "tensorflow-cpu",
    version,
    flavour: "cpu",
    fileName: `tensorflow_cpu-${version}-cp311-cp311-manylinux_2_27_x86_64.whl`,
    size: 273_829_956,
    sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
    files: {
      "libtensorflow_framework.so.2": {
        size: 65_222_328,
        sha256: "f060b323b26ef80add21b9df9428de3aeaf2843d772c5bb098745f7abff3709b",
      },
      "libtensorflow_cc.so.2": {
        size: 788_086_608,
        sha256: "6505a4b9657e62100c6bdacb683957a395cb047725042945aaa50e40a71e429e",
      },
    },
  },
  "linux x86_64 cuda": {
    project: "tensorflow",
    version,
    flavour: "cuda",
    fileName: `tensorflow-${version}-cp311-cp311-manylinux_2_27_x86_64.whl`,
    size: 572_440_367,
    sha256: "9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124",
    files: {
      "libtensorflow_framework.so.2": {
        size: 162_648_808,
        sha256: "98847c6f0448308159f6d3ff55e13a9e92978598c7fbb34cde63aadf35c6fe84",
      },
      "libtensorflow_cc.so.2": {
        size: 1_096_372_272,
        sha256: "2889ecc99d7641620f41a4bea538f4dd4b626f75aa3e12623161ae939054191c",
      },
    },
  },
  "linux aarch64 cpu": {
    project: "tensorflow",
    version,
    flavour: "cpu",
    fileName: `tensorflow-${version}-cp311-cp311-manylinux_2_27_aarch64.whl`,
    size: 281_828_020,
    sha256: "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
    files: {
      "libtensorflow_framework.so.2": {
        size: 68_176_664,
        sha256: "deade33b9ab90ff468fd1d1f8f6079bec5a3a507cf2d13c3218aa8beec28aeb3",
      },
      "libtensorflow_cc.so.2": {
        size: 814_885_544,
        sha256: "5f7de6ba6478ed7b83767a6e661e3e6e6931b05c64db14ba98250e52316a007c",
      },
    },
  },
};

/** The wheel for a platform, or undefined where none with a loadable C library is published. */
export function pinnedWheel(
  flavour: Flavour,
  os: string = Deno.build.os,
  arch: string = Deno.build.arch,
): PinnedWheel | undefined {
  return wheels[`${os} ${arch} ${flavour}`];
}

/** Bytes of what is kept of a wheel. */
export function unpackedSize({ files }: PinnedWheel): number {
  return libraryFiles.reduce((sum, name) => sum + files[name].size, 0);
}
