"""Where the ends of copies, and the SQL of activities, stand: tables, files and other stores."""
