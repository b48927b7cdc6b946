from lab import *
# a longer base
b=train(init(int(sys.argv[2])),BASE,int(sys.argv[1]),3e-3,int(sys.argv[2])+1,tokens=800,wd=.05,log=200,evals=800)
torch.save(b,sys.argv[3]); report(b,"base")
