import sys
from pathlib import Path
from jaeval.engines import GenerationRequest, load_engine
import inspect
print(inspect.signature(GenerationRequest))
from jaeval.nano.dataset import problems
rows=problems("en","search",16,904)
f=Path(sys.argv[1])
import torch
from transformers import AutoModelForCausalLM,AutoTokenizer
t=AutoTokenizer.from_pretrained(f); m=AutoModelForCausalLM.from_pretrained(f)
hf=[]
for r in rows:
    i=torch.tensor([t(r["prompt"]).input_ids]); o=m.generate(i,max_new_tokens=20,do_sample=False)[0,i.shape[1]:]; hf.append(t.decode(o,skip_special_tokens=True))
from vllm import LLM,SamplingParams
if __name__=="__main__":
    l=LLM(str(f),dtype="float32",max_model_len=128,enforce_eager=True)
    o=l.generate([r["prompt"] for r in rows],SamplingParams(temperature=0,max_tokens=20))
    v=[x.outputs[0].text for x in o]
    print(sum(a.strip()==b.strip() for a,b in zip(v,hf)),"of",len(v),"equal"); print(v[:3],hf[:3])
