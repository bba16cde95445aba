declare module "plotly.js-cartesian-dist-min" {
  const Plotly: unknown;
  export default Plotly;
}
declare module "qlab:*.css" {
  const text: string;
  export default text;
}
