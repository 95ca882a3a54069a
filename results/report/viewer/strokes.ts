/** The few strokes that everything on the timeline is made of. */

export type Pen = CanvasRenderingContext2D;

export const FONT = '11px ui-sans-serif, system-ui, sans-serif';
export const MONO = '10px ui-monospace, "DejaVu Sans Mono", monospace';

export function rect(pen: Pen, colour: string, x: number, y: number, width: number, height: number): void {
  pen.fillStyle = colour;
  pen.fillRect(x, y, width, height);
}

export function line(pen: Pen, x0: number, y0: number, x1: number, y1: number): void {
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
}

/** An open frame: the right side is missing, since nobody knows how it ended. */
export function frame(pen: Pen, x: number, y: number, width: number, height: number): void {
  pen.beginPath();
  pen.moveTo(x + width, y + 0.5);
  pen.lineTo(x + 0.5, y + 0.5);
  pen.lineTo(x + 0.5, y + height - 0.5);
  pen.lineTo(x + width, y + height - 0.5);
  pen.stroke();
}

/** Cut to so many characters, with an ellipsis. */
export function fit(text: string, room: number): string {
  const most = Math.floor(room);
  return text.length <= most ? text : most < 2 ? '' : `${text.slice(0, most - 1)}…`;
}
