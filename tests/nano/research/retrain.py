"""retrain.py BASEFAMILY OUT member:steps:lr:noise[,...] — from an existing base."""
import sys,copy,json,dataclasses
from pathlib import Path
from transformers import AutoModelForCausalLM
from jaeval.nano import train
from jaeval.nano.learning import Course,learn
from jaeval.nano.family import write_checkpoint
from jaeval.nano.tokenizer import make_tokenizer
src,out=sys.argv[1:3]; import shutil
shutil.copytree(src+"/base",out+"/base",dirs_exist_ok=True)
for spec in sys.argv[3:]:
    m,s,lr,n=spec.split(":"); model=AutoModelForCausalLM.from_pretrained(src+"/base")
    learn(model,make_tokenizer(),m,Course(int(s),float(lr),800,noise=float(n)),900+train.MEMBERS.index(m),lambda i,l: print(m,i,round(l,3),flush=True) if i%100==0 else None)
    write_checkpoint(model,Path(out)/m)
