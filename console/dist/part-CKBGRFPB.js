import{a,b}from"./part-WXHOINAC.js";import"./part-NVUYFYTC.js";import"./part-52YMFUE3.js";import"./part-OKUFN2AU.js";export{b as People,a as found};
