/** Numbers as people read them: a real minus sign, thin groups of three with a comma, bytes, durations. Pure. */

const MINUS = "\u2212";

/** Groups the integer part in threes: 1500000 is "1,500,000". */
export function thousands(value: number): string {
  if (!Number.isFinite(value)) return number(value);
  const [whole = "0", rest] = Math.abs(value).toString().split(".");
  if (whole.includes("e")) return number(value);
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return (value < 0 ? MINUS : "") + grouped + (rest ? `.${rest}` : "");
}

/** A figure with `digits` decimals, never "-0.00", with a real minus sign; `sign` prints a plus too. */
export function fixed(value: number, digits = 2, sign = false): string {
  if (!Number.isFinite(value)) return number(value);
  const text = Math.abs(value).toFixed(digits);
  const zero = Number(text) === 0;
  if (value < 0 && !zero) return MINUS + text;
  return sign && !zero ? `+${text}` : text;
}

/** A figure with `digits` significant digits, scientific outside 1e-4 to 1e6. */
export function number(value: number, digits = 4): string {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value < 0 ? `${MINUS}∞` : "∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e6) {
    const [mantissa = "", exponent = ""] = size.toExponential(Math.max(0, digits - 1)).split("e");
    const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
    const power = exponent.replace("+", "").replace("-", MINUS);
    return `${value < 0 ? MINUS : ""}${short}e${power}`;
  }
  return thousands(Number(value.toPrecision(digits)));
}

/** A share as a percentage: 0.875 is "87.5 %". */
export function percent(share: number, digits = 1): string {
  return `${fixed(share * 100, digits)} %`;
}

/** "192 MB", decimal units as file managers print them. */
export function bytes(count: number): string {
  if (!Number.isFinite(count)) return number(count);
  const units = ["B", "kB", "MB", "GB", "TB"];
  let size = Math.abs(count);
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  const text = unit === 0 || size >= 99.5 ? Math.round(size).toString() : size.toPrecision(2);
  return `${count < 0 ? MINUS : ""}${text} ${units[unit]}`;
}

/** "6 s", "2 min 5 s", "1 h 4 min". */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return number(seconds);
  if (seconds < 1) return `${fixed(seconds * 1000, 0)} ms`;
  if (seconds < 10) return `${fixed(seconds, 1)} s`;
  const total = Math.round(seconds);
  if (total < 60) return `${total} s`;
  if (total < 3600) return `${Math.floor(total / 60)} min ${total % 60} s`;
  return `${Math.floor(total / 3600)} h ${Math.floor((total % 3600) / 60)} min`;
}

/** One noun with its count: plural(1, "wire") is "1 wire". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${thousands(count)} ${count === 1 ? one : many}`;
}
