def main(x):
    return x * 2
