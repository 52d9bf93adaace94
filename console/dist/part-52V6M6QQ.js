import{T as e}from"./part-SXEDHY3P.js";async function o(t,n={}){return(await e(t,n,"text/csv")).body.text()}export{o as a};
