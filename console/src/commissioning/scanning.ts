/** Reads codes with the camera, where the browser can (BarcodeDetector: Chrome on Android). */

interface Detected {
  rawValue: string;
}

interface Detector {
  detect(source: HTMLVideoElement): Promise<Detected[]>;
}

interface DetectorClass {
  new (options: { formats: string[] }): Detector;
}

const FORMATS = ["qr_code", "data_matrix", "code_128", "code_39"];
const LOOK_EVERY_MS = 200;

const detectorClass = (): DetectorClass | undefined =>
  (globalThis as unknown as { BarcodeDetector?: DetectorClass }).BarcodeDetector;

export const canScan = (): boolean => detectorClass() !== undefined && "mediaDevices" in navigator;

/** Shows the camera in `video` and calls `onfound` with the first code; returns how to stop. */
export async function scan(video: HTMLVideoElement, onfound: (text: string) => void): Promise<() => void> {
  const Detector = detectorClass()!;
  const detector = new Detector({ formats: FORMATS });
  const camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  video.srcObject = camera;
  await video.play();
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  const stop = () => {
    clearInterval(timer);
    for (const track of camera.getTracks()) track.stop();
  };
  async function look() {
    if (video.readyState < video.HAVE_CURRENT_DATA) return;
    const [first] = await detector.detect(video);
    if (first === undefined || !camera.active) return;
    stop();
    navigator.vibrate?.(60);
    onfound(first.rawValue);
  }
  return stop;
}
