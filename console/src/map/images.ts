/** Map images drawn on a canvas from the same shapes as the lists use. */
import type { Map as GlMap } from "maplibre-gl";
import { markOf } from "../faults/marks";
import type { Palette } from "./palette";

const SCALE = 3;
const GRID = 24;
const MARGIN = 2;

function draw(paint: (context: CanvasRenderingContext2D) => void): ImageData {
  const side = (GRID + 2 * MARGIN) * SCALE;
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext("2d") as unknown as CanvasRenderingContext2D;
  context.scale(SCALE, SCALE);
  context.translate(MARGIN, MARGIN);
  context.lineCap = "round";
  context.lineJoin = "round";
  paint(context);
  return context.getImageData(0, 0, side, side);
}

function faultImage(cause: string, palette: Palette): ImageData {
  const mark = markOf(cause);
  return draw((context) => {
    const outline = new Path2D(mark.outline);
    context.strokeStyle = palette.ground;
    context.lineWidth = 5;
    context.stroke(outline);
    context.fillStyle = palette.faultSoft;
    context.fill(outline);
    context.strokeStyle = palette.fault;
    context.lineWidth = 2.2;
    context.stroke(outline);
    context.stroke(new Path2D(mark.sign));
  });
}

/** A broken ring: nothing is known of this light. */
function unknownImage(palette: Palette): ImageData {
  return draw((context) => {
    context.strokeStyle = palette.off;
    context.lineWidth = 2.4;
    context.setLineDash([3.4, 3.4]);
    context.beginPath();
    context.arc(12, 12, 7, 0, 2 * Math.PI);
    context.stroke();
  });
}

function cabinetImage(palette: Palette): ImageData {
  return draw((context) => {
    const box = new Path2D("M6 3.5h12v17H6z");
    context.fillStyle = palette.surface;
    context.fill(box);
    context.strokeStyle = palette.accent;
    context.lineWidth = 2;
    context.stroke(box);
    context.stroke(new Path2D("M12 3.5v17M9 11.5v1.5M15 11.5v1.5"));
  });
}

function imageNamed(name: string, palette: Palette): ImageData {
  if (name === "unknown") return unknownImage(palette);
  if (name === "cabinet") return cabinetImage(palette);
  return faultImage(name.replace("fault-", ""), palette);
}

/** Draws images when the style first asks for them, and again when the palette has changed. */
export function serveImages(map: GlMap, palette: () => Palette): () => void {
  const drawn = new Set<string>();
  map.setMissingStyleImageResolver((name) => {
    drawn.add(name);
    map.addImage(name, imageNamed(name, palette()), { pixelRatio: SCALE });
  });
  return () => {
    for (const name of drawn) if (map.hasImage(name)) map.updateImage(name, imageNamed(name, palette()));
  };
}
